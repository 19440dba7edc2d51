"""Self-describing binary messages: CBOR and MessagePack."""
