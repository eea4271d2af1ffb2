"""Values of every kind that the build accepts, for hypothesis."""

from hypothesis import strategies as st

from dialplan.build.model import HINT, AddLine, Entry, Layer, Line, PutEntry, RemoveEntries, RemoveLines
from dialplan.build.patterns import clean_pattern

contexts = st.sampled_from(["internal", "lobby", "ivr-1"])
extens = st.one_of(
    st.from_regex(r"[0-9*#+a-zA-Z]{1,5}", fullmatch=True),
    st.from_regex(r"_([0-9XZNxzn]|\[[0-9]{1,4}\]|\[[0-4]-[5-9]\]){1,5}[.!]?", fullmatch=True).map(
        lambda text: clean_pattern("exten", text)
    ),
)
plain_text = st.text(st.characters(blacklist_categories=["Cc", "Cf", "Cs", "Zl", "Zp"]), max_size=30)
hostile_text = st.text(st.sampled_from("ab;-\\)(,[]{}$\"'=>+#&|^ "), max_size=15)
data = st.one_of(plain_text, hostile_text)
devices = st.sampled_from(["PJSIP/{tenant}_101", "PJSIP/{tenant}_${EXTEN}", "Custom:a&PJSIP/{tenant}_1"])
lines = st.one_of(
    st.builds(Line, contexts, extens, st.integers(1, 5), st.sampled_from(["NoOp", "Dial", "Set"]), data),
    st.builds(Line, contexts, extens, st.just(HINT), st.just(""), devices),
)
line_sets = st.lists(lines, unique_by=lambda line: (line.context, line.exten, line.priority), max_size=25)

# Few names, so that layers meet.
few_extens = st.sampled_from(["101", "102", "_XXX"])
few_lines = st.builds(Line, contexts, few_extens, st.integers(0, 2), st.sampled_from(["NoOp", "Dial"]), st.sampled_from(["", "a", "b"]))
families = st.sampled_from(["a", "ab", "a/b", "a/b/c", "b"])
keys = st.sampled_from(["b", "c", "k"])
entries = st.builds(Entry, families, keys, st.sampled_from(["", "1", "2"]))
entry_sets = st.lists(entries, unique_by=lambda entry: (entry.family, entry.key), max_size=12)


def _narrowed(line: Line, depth: int) -> RemoveLines:
    narrowing = (line.exten, line.priority, line.application, line.data)[:depth]
    return RemoveLines(line.context, *narrowing)


operations = st.one_of(
    st.builds(AddLine, few_lines),
    st.builds(_narrowed, few_lines, st.integers(0, 4)),
    st.builds(PutEntry, entries),
    st.builds(RemoveEntries, families, st.one_of(st.none(), keys)),
)
ORIGINS = ("section:phone", "section:line_out", "staff", "addon:a", "addon:b")
layer_lists = st.lists(st.lists(operations, max_size=8), min_size=1, max_size=5).map(
    lambda stacks: [Layer(origin, tuple(stack)) for origin, stack in zip(ORIGINS, stacks, strict=False)]
)
