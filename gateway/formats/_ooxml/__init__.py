"""Office Open XML: packages, parts, paragraphs, cells; what docx, xlsx and pptx share."""
