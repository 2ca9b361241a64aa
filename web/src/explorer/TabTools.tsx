import { restoreExamples } from './examples';
import type { Persona } from './personas';

interface Props {
  /** Whom the open tab was written for, when that is somebody else than the person chosen. */
  suggestion: Persona | null;
  onChoose(persona: Persona): void;
}

/** To the right of the tabs. */
export function TabTools({ suggestion, onChoose }: Props) {
  return (
    <div className="tab-tools">
      {suggestion && (
        <button type="button" className="suggestion" onClick={() => onChoose(suggestion)}>
          Written for {suggestion.name}: switch
        </button>
      )}
      <button type="button" onClick={restoreExamples}>
        Restore examples
      </button>
    </div>
  );
}
