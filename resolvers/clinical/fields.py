"""The card's computed fields, all of them."""

from typing import Any

from resolvers.clinical.alerts import alert_fields
from resolvers.clinical.body import body_fields
from resolvers.clinical.dating import dating_fields
from resolvers.clinical.growth import growth_fields
from resolvers.clinical.programme import programme_fields
from resolvers.clinical.timeline import timeline_fields


def computed_fields() -> dict[str, Any]:
    """By Python name, the fields that are worked out from the card's facts."""
    return {
        **dating_fields(),
        **alert_fields(),
        **programme_fields(),
        **growth_fields(),
        **body_fields(),
        **timeline_fields(),
    }
