"""Scripts that send what web pages and apps without a published client send, request by request.

Each names the published client or document that it was written after.
"""
