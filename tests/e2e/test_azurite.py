"""Azure's own client through the proxy to Microsoft's own stand-in of Azure Storage, which checks
Shared Key, shared access signatures, lengths and digests as the service does.
"""

from __future__ import annotations

import pytest
from support.proxyharness import CANARY, GONE
from support.samples import across
from support.signedworld import (
    ACCOUNT,
    ACCOUNT_KEY,
    AZURE_HOST,
    blob_client,
    shared_access,
    started,
)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    from azure.storage.blob import ContainerClient

    with started(tmp_path_factory.mktemp("azurite"), real=False, azurite=True) as running:
        with ContainerClient(
            f"https://{AZURE_HOST}",
            "docs",
            credential=ACCOUNT_KEY,
            proxies=running.proxies,
            connection_verify=running.bundle,
        ) as container:
            container.create_container()
        yield running


@pytest.fixture(params=[0, 400], ids="blocks of {}".format)
def block(request):
    return request.param


@pytest.fixture(params=["shared key", "shared access"])
def credential(request, world):
    world.keys.remove(ACCOUNT)
    return ACCOUNT_KEY if request.param == "shared key" else shared_access("a.txt")


def stored(world):
    return blob_client(world, ACCOUNT_KEY).download_blob().readall()


@pytest.mark.parametrize("checked", [False, True])
def test_a_clean_blob_is_stored_as_it_is(world, credential, block, checked):
    data = bytes(range(256)) * 8
    client = blob_client(world, credential, "a.txt", block)
    client.upload_blob(data, overwrite=True, validate_content=checked)
    assert data == stored(world)


@pytest.mark.parametrize("checked", [False, True])
def test_a_shared_access_signature_binds_nothing(world, block, checked):
    data = across(100, 1000)
    client = blob_client(world, shared_access("a.txt"), "a.txt", block)
    client.upload_blob(data, overwrite=True, validate_content=checked)
    assert data.replace(CANARY, GONE) == stored(world)


@pytest.mark.parametrize("checked", [False, True])
def test_a_shared_key_is_signed_again(world, block, checked):
    world.keys.add(ACCOUNT, ACCOUNT_KEY)
    data = across(100, 1000)
    client = blob_client(world, ACCOUNT_KEY, "a.txt", block)
    client.upload_blob(data, overwrite=True, validate_content=checked)
    assert data.replace(CANARY, GONE) == stored(world)


def test_a_blocked_blob_leaves_the_old_one_as_it_was(world, credential, block):
    from azure.core.exceptions import HttpResponseError

    client = blob_client(world, credential, "a.txt", block)
    client.upload_blob(b"as it was", overwrite=True)
    with pytest.raises(HttpResponseError, match="1 × CODE_WORD"):
        client.upload_blob(b"BLOCKME" * 1 + bytes(300), overwrite=True)
    assert b"as it was" == stored(world)
