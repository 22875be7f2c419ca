"""Whatever our grammar lets pass the official schema passes, and whatever draft our rules accept becomes such XML."""

import generated
import pytest
from agreement import DESIGNS
from documents_cast import ISSUER, LEGENDED, ON, built
from generated import document, factura
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from official import assert_valid, schema

from app.documents.grammar import fill
from app.documents.inspecting import check_structure
from app.documents.registry import TYPES, document_type
from app.errors import Invalid

DRAFTS = {kind.code: getattr(generated, kind.name)() for kind in TYPES}
VERSIONS = [(root, version) for root, design in DESIGNS.items() for version in design.versions]
MANY = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
SOME = settings(MANY, max_examples=50)


@pytest.mark.parametrize(("root", "version"), VERSIONS)
@SOME
@given(data=st.data())
def test_what_the_grammar_lets_pass_the_official_schema_passes(shared, root, version, data):
    design = DESIGNS[root]
    element = etree.Element(root, {"id": "comprobante", "version": version})
    fill(element, design.versions[version], data.draw(document(design.versions[version])))
    official = schema(shared, root, version)
    assert official.validate(element), official.error_log.last_error
    assert check_structure(design, element) == []


@pytest.mark.parametrize("code", DRAFTS)
@MANY
@given(data=st.data(), issuer=st.sampled_from((ISSUER, LEGENDED)))
def test_every_accepted_draft_becomes_xml_that_schema_and_strict_reader_pass(shared, code, data, issuer):
    kind = document_type(code)
    draft = kind.from_json(data.draw(DRAFTS[code]), ON)
    xml = built(draft, issuer=issuer)
    assert_valid(shared, xml)
    found = kind.inspect(xml)
    assert (found.structure, found.business) == ((), ())
    assert kind.from_json(draft.content, ON).content == draft.content
    if issuer is ISSUER:
        assert kind.from_xml(xml, ON).content == draft.content


@SOME
@given(values=factura())
def test_version_2_is_emitted_exactly_for_its_own_blocks(values):
    xml = built(document_type("01").from_json(values, ON))
    blocks = ("infoSustitutivaGuiaRemision", "otrosRubrosTerceros")
    expected = "2.1.0" if any(values.get(block) for block in blocks) else "1.1.0"
    assert etree.fromstring(xml).get("version") == expected


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.decimals(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["codigo", "valor", "x"]), inner)
    ),
    max_leaves=5,
)
EXTREMES = st.sampled_from(
    ["999999999999.99", "999999999999.999999", "0.000001", "-0.01", "9" * 30, "31/02/2026", ""]
)


@st.composite
def damaged(draw: st.DrawFn, values: st.SearchStrategy[dict]) -> dict:
    """A draft with some of its values, however deep, replaced by junk."""
    whole = draw(values)
    for _ in range(draw(st.integers(1, 4))):
        holder = whole
        while True:
            key = draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
            if not (isinstance(holder[key], dict | list) and holder[key] and draw(st.booleans())):
                break
            holder = holder[key]
        holder[key] = draw(JUNK | EXTREMES)
    return whole


@pytest.mark.parametrize("code", DRAFTS)
@MANY
@given(data=st.data())
def test_whatever_is_handed_in_is_a_draft_whose_xml_is_valid_or_is_refused(shared, code, data):
    kind = document_type(code)
    try:
        draft = kind.from_json(data.draw(damaged(DRAFTS[code])), ON)
    except Invalid as refusal:
        assert all(problem.field and problem.rule.es and problem.fix.en for problem in refusal.problems)
        return
    assert_valid(shared, built(draft))
