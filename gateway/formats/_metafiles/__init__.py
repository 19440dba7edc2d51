"""Windows metafiles: EMF, EMF+ and WMF, read record by record and changed in place."""
