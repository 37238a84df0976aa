"""Glossaries read from tables, and what is wrong with those that cannot be."""

import csv
import io
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.errors import InputError
from translate.glossary import Term, load_glossary

LANGUAGES = ("en", "ru", "zh", "zh-Hant")
WRITTEN = "abzABZéüабяАБЯёЁ中文國両\U00020000019-+&.'’“(/%…\U0001f600\"\\=,;:"
"""Letters and signs of terms. A few odd ones of other scripts, again and again, would be refused as mojibake."""
FORM = (
    st.text(WRITTEN, min_size=1, max_size=8)
    .filter(lambda form: any(map(str.isalnum, form)))
    .map(lambda form: f"x{form}")
)
FORMS = st.lists(FORM, min_size=1, max_size=3, unique=True).map(tuple)
ROWS = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(LANGUAGES), FORMS, min_size=2), st.sampled_from(("", "term", "keep", "name"))
    ),
    min_size=1,
    max_size=4,
)
FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def numbered(rows):
    """Make the forms of different rows differ, so that no row contradicts another, in NFC as they are read."""
    return [
        (
            {
                tag: tuple(dict.fromkeys(normalize("NFC", f"{form} {at}") for form in forms[tag]))
                for tag in LANGUAGES
                if tag in forms
            },
            kind,
        )
        for at, (forms, kind) in enumerate(rows)
    ]


def expected(rows):
    return tuple(Term(kind or "term", tuple(forms.items())) for forms, kind in rows)


def table(rows, delimiter, line_end):
    made = io.StringIO()
    writer = csv.writer(made, delimiter=delimiter, lineterminator=line_end)
    writer.writerow(["note", "kind", *LANGUAGES])
    for forms, kind in rows:
        writer.writerow(["", kind, *("|".join(forms.get(tag, ())) for tag in LANGUAGES)])
    return made.getvalue()


@FEW
@given(ROWS, st.sampled_from(((".tsv", "\t"), (".csv", ","))), st.sampled_from(("\n", "\r\n")), st.booleans())
def test_tables_come_back(tmp_path, rows, form, line_end, marked):
    suffix, delimiter = form
    rows = numbered(rows)
    path = tmp_path / f"glossary{suffix}"
    text = table(rows, delimiter, line_end)
    path.write_bytes(text.encode("utf-8-sig" if marked else "utf-8"))
    assert load_glossary(path).terms == expected(rows)


def load(tmp_path, text, name="glossary.tsv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return load_glossary(path)


def test_comments_quotes_and_blank_lines(tmp_path):
    text = '# who "asked\nen\tzh_CN\tNote\n\n# it\'s\n"a ""b"""\t甲\t"two\nlines"\n 6" pipe \t乙|丙\n#done\nsteel\t钢\n'
    assert load(tmp_path, text).terms == (
        Term("term", (("en", ('a "b"',)), ("zh", ("甲",)))),
        Term("term", (("en", ('6" pipe',)), ("zh", ("乙", "丙")))),
        Term("term", (("en", ("steel",)), ("zh", ("钢",)))),
    )


def test_one_language_alone_is_kept(tmp_path):
    assert load(tmp_path, "en\nNord Stream\n").terms == (Term("keep", (("en", ("Nord Stream",)),)),)


def test_the_same_twice_is_no_contradiction(tmp_path):
    assert len(load(tmp_path, "en\tru\tzh\nsteel\tсталь\t\nsteel\t\t钢\nsteel\tсталь\t钢\n").terms) == 3
    assert len(load(tmp_path, "en\tru\nsteel\tсталь\nsteel\tсталь\n").terms) == 1


def test_later_files_win(tmp_path):
    (tmp_path / "one.tsv").write_text("en\tru\tzh\nsteel|iron\tсталь\t钢\nbank\tбанк\t银行\n", encoding="utf-8")
    (tmp_path / "two.csv").write_text("en,zh\nsteel,钢铁\nbank,岸\n", encoding="utf-8")
    glossary = load_glossary(tmp_path / "one.tsv", tmp_path / "two.csv")
    assert glossary.terms == (
        Term("term", (("en", ("iron",)), ("ru", ("сталь",)), ("zh", ("钢",)))),
        Term("term", (("en", ("steel",)), ("zh", ("钢铁",)))),
        Term("term", (("en", ("bank",)), ("zh", ("岸",)), ("ru", ("банк",)))),
    )
    assert glossary.notes == ("two.csv changes the entry for 'steel'", "two.csv changes the entry for 'bank'")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "glossary.tsv is empty"),
        (" \n\n", "glossary.tsv is empty"),
        ("# nothing\n", "the header names no language"),
        ("en\tru\n", "has no terms"),
        ("en\tde\nsteel\tStahl\n", "line 1: unknown language 'de'"),
        ("kind\tnote\nterm\tx\n", "line 1: the header names no language"),
        ("en\tru\tEN\na\tб\tc\n", "line 1: two columns are called en"),
        ("en\tru\tkind\na\tб\tverb\n", "line 2: unknown kind 'verb'"),
        ("en\tru\na\tб\tв\n", "line 2: 'в' is in no column"),
        ("en\t\tru\na\tz\tб\n", "line 2: 'z' is in a column without a name"),
        ("en\tru\tkind\n# c\nsteel\t\tterm\n", "line 3: 'steel' has no translation"),
        ("en\tru\tkind\n\t\tterm\n", "line 2: the entry has no term"),
        ("en\tru\tkind\nL\tЛавров\tname\n", "line 2: 'L' is too short for a name"),
        ("en\tru\n--\tб\n", "line 2: '--' has no letter and no digit"),
        ("en\tru\nsteel\tсталь\nbank|steel\tбанк\n", "line 3: 'steel' is translated differently in line 2"),
        ("en\tru\tkind\nsteel\tсталь\t\nsteel\tсталь\tkeep\n", "line 3: 'steel' is translated differently in line 2"),
        ('en\tru\nok\tда\n"steel\tсталь\n', "line 3: a quotation mark is not closed"),
        ('en\tru\n"steel"x\tсталь\n', "line 2: a quotation mark is not closed, or something follows it"),
    ],
)
def test_tables_that_cannot_be_used(tmp_path, text, message):
    with pytest.raises(InputError) as raised:
        load(tmp_path, text)
    assert message in raised.value.message
    assert "glossary.tsv" in raised.value.message


def test_what_is_no_text_is_told_what_a_glossary_is(tmp_path):
    with pytest.raises(InputError) as caught:
        load(tmp_path, "en\tru\n\x1b[31mred\tкрасный\n")
    assert str(caught.value) == (
        "glossary.tsv is not a text: it looks like binary data. Give a glossary as a TSV or CSV file"
    )


def test_no_file_and_no_format(tmp_path):
    with pytest.raises(InputError, match="cannot read"):
        load_glossary(tmp_path / "none.tsv")
    with pytest.raises(InputError, match=r"no glossary format is called '\.docx'"):
        load_glossary(tmp_path / "some.docx")
