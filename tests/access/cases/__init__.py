"""The access cases: a test function for each, named after it: `test_TC_T01_…` for TC-T01. `cases.md` lists where each is."""
