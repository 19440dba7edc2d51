"""Pictures made of pixels: reading text from them, painting it out, writing them anew.

Two calls are for other formats (a scanned page of a PDF, a picture in a document that is painted
where it stands): :func:`reading.read_pixels` and :func:`painting.paint`. The rest serves the
formats png, jpeg, gif, bmp, tiff, webp and heic, which differ only in their containers.
"""
