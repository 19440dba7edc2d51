"""A mark is found wherever documents carry marks; the same word in a sentence is a word."""

import io
import zipfile

import docx
import pikepdf
import pytest

from gateway.detect import Detector, catalogue
from gateway.formats import open_document
from gateway.model import DetectionOptions, Hint, Segment

MARKS = frozenset(entity for entity, groups in catalogue().items() if "MARKINGS" in groups)
LABEL = "5f8a2c1e-1111-4222-8333-0123456789ab"
_TENANT = "00000000-1111-4222-8333-0123456789ab"
_CUSTOM = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"'
    ' xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">{}</Properties>'
)
_PROPERTY = (
    '<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{}" name="MSIP_Label_{}_{}">'
    "<vt:lpwstr>{}</vt:lpwstr></property>"
)
_LABEL_INFO = (
    '<clbl:labelList xmlns:clbl="http://schemas.microsoft.com/office/2020/mipLabelMetadata">'
    f'<clbl:label id="{{{LABEL}}}" enabled="1" method="Standard" siteId="{{{_TENANT}}}"'
    ' contentBits="1" removed="0"/></clbl:labelList>'
)


def _detector(**options: object) -> Detector:
    ignored = frozenset(catalogue()) - MARKS - {"EXACT_VALUE"}
    return Detector(DetectionOptions(ignore=ignored, **options))


@pytest.fixture(scope="module")
def detector() -> Detector:
    return _detector()


def _marks(detector: Detector, data: bytes, name: str) -> list[tuple[str, str]]:
    segments = list(open_document(data, Hint(name=name)).segments())
    found = detector.find(segments)
    return [(f.entity, segments[f.segment].text[f.start : f.end]) for f in found]


def _labelled_docx(name: str, *, properties: bool = True, label_info: bool = False) -> bytes:
    plain = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("The plan for spring.")
    document.save(plain)
    types = relations = ""
    parts: dict[str, str] = {}
    if properties:
        values = {"Enabled": "true", "SetDate": "2024-03-12T10:00:00Z", "Method": "Standard"}
        rows = {**values, "Name": name, "SiteId": _TENANT}.items()
        parts["docProps/custom.xml"] = _CUSTOM.format(
            "".join(
                _PROPERTY.format(place, LABEL, key, value)
                for place, (key, value) in enumerate(rows, 2)
            )
        )
        types += (
            '<Override PartName="/docProps/custom.xml" ContentType='
            '"application/vnd.openxmlformats-officedocument.custom-properties+xml"/>'
        )
        relations += (
            '<Relationship Id="rId90" Type="http://schemas.openxmlformats.org/officeDocument/2006'
            '/relationships/custom-properties" Target="docProps/custom.xml"/>'
        )
    if label_info:
        parts["docMetadata/LabelInfo.xml"] = _LABEL_INFO
        types += (
            '<Override PartName="/docMetadata/LabelInfo.xml" ContentType='
            '"application/vnd.ms-office.classificationlabels+xml"/>'
        )
        relations += (
            '<Relationship Id="rId91" Type="http://schemas.microsoft.com/office/2020/02'
            '/relationships/classificationlabels" Target="docMetadata/LabelInfo.xml"/>'
        )
    made = io.BytesIO()
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(made, "w") as target:
        for entry in source.namelist():
            data = source.read(entry).decode("utf-8") if entry.endswith(("xml", ".rels")) else None
            if entry == "[Content_Types].xml" and data:
                data = data.replace("</Types>", types + "</Types>")
            if entry == "_rels/.rels" and data:
                data = data.replace("</Relationships>", relations + "</Relationships>")
            target.writestr(entry, source.read(entry) if data is None else data)
        for part, data in parts.items():
            target.writestr(part, data)
    return made.getvalue()


@pytest.mark.parametrize("name", ["Confidential", "Highly Restricted", "Internal", "机密", "C3"])
def test_the_name_of_a_sensitivity_label_is_found_in_office_properties(
    detector: Detector, name: str
) -> None:
    found = _marks(detector, _labelled_docx(name), "plan.docx")
    assert [name] == [value for _, value in found]


@pytest.mark.parametrize("name", ["Public", "General", "Personal", "公开", "Non-Business"])
def test_a_label_for_everybody_is_no_finding(detector: Detector, name: str) -> None:
    assert [] == _marks(detector, _labelled_docx(name), "plan.docx")


def test_a_label_known_by_its_id_alone_counts_when_policy_says_so(detector: Detector) -> None:
    data = _labelled_docx("", properties=False, label_info=True)
    assert [] == _marks(detector, data, "plan.docx")
    willing = _detector(thresholds={"SENSITIVITY_LABEL": 0.4})
    assert [("SENSITIVITY_LABEL", LABEL)] == [
        (entity, value.strip("{}")) for entity, value in _marks(willing, data, "plan.docx")
    ]


def test_a_labels_id_can_stand_on_the_users_own_list() -> None:
    listed = _detector(values=(LABEL,))
    data = _labelled_docx("", properties=False, label_info=True)
    assert ("EXACT_VALUE", LABEL) in _marks(listed, data, "plan.docx")


def test_a_label_is_found_in_the_header_of_a_mail(detector: Detector) -> None:
    header = f"MSIP_Label_{LABEL}_Enabled=True;MSIP_Label_{LABEL}_Name=Board Only;"
    data = f"From: a@example.com\r\nmsip_labels: {header}\r\n\r\nHello\r\n".encode()
    assert [("SENSITIVITY_LABEL", "Board Only")] == _marks(detector, data, "mail.eml")


def test_a_label_is_found_in_the_information_and_the_xmp_of_a_pdf(detector: Detector) -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.docinfo[f"/MSIP_Label_{LABEL}_Name"] = "Board Only"
    pdf.docinfo[f"/MSIP_Label_{LABEL}_Enabled"] = "true"
    with pdf.open_metadata() as metadata:
        metadata[f"{{http://ns.adobe.com/pdfx/1.3/}}MSIP_Label_{LABEL}_Name"] = "Staff Only"
    made = io.BytesIO()
    pdf.save(made)
    found = _marks(detector, made.getvalue(), "plan.pdf")
    assert {("SENSITIVITY_LABEL", "Board Only"), ("SENSITIVITY_LABEL", "Staff Only")} == set(found)


def test_marks_in_headers_subjects_and_names_of_files_are_found(detector: Detector) -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Example Ltd | Strictly Confidential"
    document.sections[0].footer.paragraphs[0].text = "内部资料，请勿外传"
    made = io.BytesIO()
    document.save(made)
    found = {value for _, value in _marks(detector, made.getvalue(), "plan.docx")}
    assert {"Strictly Confidential", "内部资料，请勿外传"} == found
    for text in ("budget-2024_confidential", "年度预算（机密）", "并购方案_绝密"):
        assert detector.find([Segment(text, "x")])


@pytest.mark.parametrize(
    "text",
    [
        "CONFIDENTIAL", "PRIVATE & CONFIDENTIAL", "TLP:RED", "TLP: AMBER", "UK SECRET", "CUI//SP-PRVCY",
        "COMMERCIAL IN CONFIDENCE", "EMBARGOED UNTIL 12 MARCH", "UNDER NDA", "商业机密", "機密",
        "內部使用", "绝密★启用前", "密级：秘密", "VERTRAULICH", "CONFIDENTIEL", "ESTRICTAMENTE CONFIDENCIAL",
        "RISERVATO", "Streng vertraulich", "部外秘", "대외비", "Top Secret", "(Confidential)",
        "NUR FÜR DEN DIENSTGEBRAUCH", "DIFFUSION RESTREINTE", "内部文件 注意保存", "核心商密★10年",
    ],
)  # fmt: skip
def test_a_mark_alone_in_a_line_is_found(detector: Detector, text: str) -> None:
    found = {finding.entity for finding in detector.find([Segment(text, "x")])}
    assert found
    assert found <= {"CONFIDENTIALITY_MARKING", "STATE_SECRET_MARKING"}


@pytest.mark.parametrize(
    "text",
    [
        "The parties keep the information confidential.", "Confidential Information means any data.",
        "7. CONFIDENTIAL INFORMATION", "CONFIDENTIALITY AND NON-DISCLOSURE AGREEMENT",
        "ALL SUCH DATA SHALL BE CONFIDENTIAL AND NOT SHARED", "It is an open secret.",
        "Please restrict access to internal staff only where needed.", "他知道这个秘密。",
        "甲方应对乙方的商业秘密予以保密。", "秘密花园", "国家秘密的范围由法律规定", "保密协议",
        "Die Informationen sind vertraulich zu behandeln.", "Les informations sont confidentielles.",
        "is_confidential = True", "def confidential(self):", "评价：★★★★", "TLP:CLEAR", "TLP:GREEN",
        "密级：公开", "Internal Medicine", "A top secret ingredient", "本合同一式两份，内部资料应妥善保管归档",
        "self.internal_only", "the Secret Service", "Personal and general remarks",
    ],
)  # fmt: skip
def test_the_same_words_in_a_sentence_are_no_mark(detector: Detector, text: str) -> None:
    assert [] == [text[f.start : f.end] for f in detector.find([Segment(text, "x")])]
