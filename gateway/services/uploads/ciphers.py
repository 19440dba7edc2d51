"""Uploads that are enciphered under a key which the client announces in the clear."""

from __future__ import annotations

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from gateway.services.places import Place
from gateway.services.uploads.declared import CipherName
from gateway.services.uploads.refused import Refused
from gateway.services.uploads.schema import UploadStep
from gateway.services.uploads.session import Upload

_BLOCK_BITS = 128


def cipher_of(upload: Upload) -> UploadStep | None:
    """The request of an upload whose bytes are enciphered; ``None`` if none is."""
    return next((one.step for one in upload.calls if one.step.cipher), None)


def opened(upload: Upload, data: bytes) -> bytes:
    """What the client enciphered.

    Raises:
        Refused: it cannot be read with the announced key.
    """
    cipher = _cipher(upload)
    decryptor = cipher.decryptor()
    unpadder = padding.PKCS7(_BLOCK_BITS).unpadder()
    try:
        plain = decryptor.update(data) + decryptor.finalize()
        return unpadder.update(plain) + unpadder.finalize()
    except ValueError as error:
        raise Refused("the upload is enciphered in another way than announced") from error


def sealed(upload: Upload, data: bytes) -> bytes:
    """The same, for what may leave."""
    padder = padding.PKCS7(_BLOCK_BITS).padder()
    encryptor = _cipher(upload).encryptor()
    return encryptor.update(padder.update(data) + padder.finalize()) + encryptor.finalize()


def _cipher(upload: Upload) -> Cipher[modes.ECB]:
    step = cipher_of(upload)
    assert step
    assert step.cipher
    assert step.cipher.name is CipherName.AES_128_ECB
    place = Place.parse(step.cipher.key)
    for one in upload.calls:
        if place.stands_in(one.call):
            key = bytes.fromhex(place.read(one.call))
            # The service's choice, not ours: WeChat's bot channel wants ECB.
            return Cipher(algorithms.AES128(key), modes.ECB())  # noqa: S305
    raise Refused("the upload is enciphered under a key that was not announced")
