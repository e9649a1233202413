"""Media types: the kinds of file we take, and the names staff know them by."""

_OPEN_XML = "application/vnd.openxmlformats-officedocument"
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument"

MARKDOWN = "text/markdown"
HTML = "text/html"
PDF = "application/pdf"
DOCX = f"{_OPEN_XML}.wordprocessingml.document"
XLSX = f"{_OPEN_XML}.spreadsheetml.sheet"
PPTX = f"{_OPEN_XML}.presentationml.presentation"
ODT = f"{_OPEN_DOCUMENT}.text"
ODS = f"{_OPEN_DOCUMENT}.spreadsheet"
ODP = f"{_OPEN_DOCUMENT}.presentation"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
PPT = "application/vnd.ms-powerpoint"
MSG = "application/vnd.ms-outlook"
EPUB = "application/epub+zip"
EML = "message/rfc822"
RTF = "application/rtf"
JSON = "application/json"
JSON_LINES = "application/jsonl"
XML = "application/xml"
VTT = "text/vtt"
ASCIIDOC = "text/asciidoc"
ORG = "text/org"
TEXT = "text/plain"
CSV = "text/csv"
IMAGE = "image/*"
ZIP = "application/zip"

_SUFFIXES = {
    MARKDOWN: ".md .markdown .mdx",
    HTML: ".html .htm .xhtml",
    PDF: ".pdf",
    DOCX: ".docx .docm .dotx",
    XLSX: ".xlsx .xlsm .xltx",
    PPTX: ".pptx .pptm .ppsx .potx",
    ODT: ".odt .ott",
    ODS: ".ods .ots",
    ODP: ".odp .otp",
    DOC: ".doc .dot",
    XLS: ".xls .xlt",
    PPT: ".ppt .pps",
    MSG: ".msg",
    EPUB: ".epub",
    EML: ".eml",
    RTF: ".rtf",
    JSON: ".json",
    JSON_LINES: ".jsonl .ndjson",
    XML: ".xml",
    VTT: ".vtt .srt",
    ASCIIDOC: ".adoc .asciidoc .asc",
    ORG: ".org",
    TEXT: ".txt .text .rst",
    CSV: ".csv .tsv",
    IMAGE: ".png .jpg .jpeg .tif .tiff .webp .bmp",
}
BY_SUFFIX = {suffix: media_type for media_type, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
TAKEN = (
    "PDF, Word, Excel, PowerPoint, OpenDocument, RTF, EPUB, mail (.eml, .msg), Markdown, AsciiDoc, Org, "
    "HTML, XML, JSON, subtitles (.vtt), plain text and CSV"
)
# For kinds we do not take: what they are, and what to do instead.
INSTEAD = {
    ".pages": "is a Pages document. Export it as Word (.docx) or PDF",
    ".numbers": "is a Numbers sheet. Export it as Excel (.xlsx) or CSV",
    ".key": "is a Keynote presentation. Export it as PowerPoint (.pptx) or PDF",
    ".xlsb": "is a binary Excel workbook. Save it as .xlsx",
    ".wpd": "is a WordPerfect document. Save it as .docx",
    ".wps": "is a Works document. Save it as .docx",
    ".pub": "is a Publisher document. Save it as PDF",
    ".vsd": "is a Visio drawing. Save it as PDF",
    ".vsdx": "is a Visio drawing. Save it as PDF",
    ".one": "is a OneNote page. Export it as Word (.docx) or PDF",
    ".xps": "is an XPS document. Print it as PDF",
    ".djvu": "is a DjVu scan. Convert it to PDF",
    ".ps": "is a PostScript file. Convert it to PDF",
    ".eps": "is a PostScript drawing. Convert it to PDF",
    ".mobi": "is a Kindle book. Convert it to EPUB",
    ".azw3": "is a Kindle book. Convert it to EPUB",
    ".tex": "is a LaTeX source. Typeset it and upload the PDF",
    ".ipynb": "is a notebook. Export it as HTML or Markdown",
    ".yaml": "is a YAML file. Convert it to JSON",
    ".yml": "is a YAML file. Convert it to JSON",
    ".heic": "is a photo format we cannot read. Save it as PNG or JPEG",
    ".gif": "is an animation format. Save it as PNG",
    ".svg": "is a drawing. Save it as PDF",
    ".mbox": "is a mailbox. Save the messages one by one as .eml",
    ".pst": "is a mailbox. Save the messages one by one as .msg",
    ".rar": "is a RAR archive. Pack the files as .zip",
    ".7z": "is a 7-Zip archive. Pack the files as .zip",
    ".tar": "is a tar archive. Pack the files as .zip",
    ".gz": "is a packed file. Unpack it, or pack the files as .zip",
    ".tgz": "is a tar archive. Pack the files as .zip",
    ".mp3": "is a recording. Upload its transcript as text or subtitles (.vtt)",
    ".mp4": "is a film. Upload its transcript as text or subtitles (.vtt)",
}
