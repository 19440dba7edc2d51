"""The gateway's certificate authority."""

from __future__ import annotations

import datetime as dt
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from gateway.errors import GatewayError
from gateway.proxy import certificates, roots
from gateway.proxy.ca import CertificateAuthority

HOSTS = ("api.openai.com", "*.openai.azure.com", "deep.api.openai.com")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "ca"


def certificate_of(authority):
    return x509.load_pem_x509_certificate(authority.cert_path.read_bytes())


def test_a_second_start_finds_the_same_authority(folder):
    first = CertificateAuthority.load_or_create(folder, HOSTS)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    CertificateAuthority.load_or_create(folder, HOSTS)
    assert before == {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {"ca-key.pem", "ca.pem", "bundle.pem"} == set(before)
    assert first.cert_path == folder / "ca.pem"


def test_each_machine_has_a_key_and_a_name_of_its_own(tmp_path):
    made = [CertificateAuthority.load_or_create(tmp_path / str(n), HOSTS) for n in range(20)]
    certificates = [certificate_of(one) for one in made]
    assert 20 == len({one.public_key().public_numbers().x for one in certificates})
    assert 20 == len({one.subject.rfc4514_string() for one in certificates})


@pytest.mark.skipif(os.name == "nt", reason="Windows has no mode bits")
def test_key_and_folder_are_private_whatever_the_umask(folder):
    old = os.umask(0)
    try:
        CertificateAuthority.load_or_create(folder, HOSTS)
    finally:
        os.umask(old)
    assert 0o700 == stat.S_IMODE(folder.stat().st_mode)
    assert 0o600 == stat.S_IMODE((folder / "ca-key.pem").stat().st_mode)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no mode bits")
@pytest.mark.parametrize(
    ("name", "mode"), [("ca-key.pem", 0o644), ("ca-key.pem", 0o660), (".", 0o755)]
)
def test_a_key_that_others_can_read_is_refused(folder, name, mode):
    CertificateAuthority.load_or_create(folder, HOSTS)
    (folder / name).chmod(mode)
    with pytest.raises(GatewayError, match="others can read") as caught:
        CertificateAuthority.load_or_create(folder, HOSTS)
    assert "chmod" in caught.value.remedy


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_linked_key_is_refused(folder, tmp_path):
    CertificateAuthority.load_or_create(folder, HOSTS)
    (folder / "ca-key.pem").rename(tmp_path / "elsewhere")
    (folder / "ca-key.pem").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(GatewayError, match="symbolic link"):
        CertificateAuthority.load_or_create(folder, HOSTS)


@pytest.mark.parametrize("damage", [b"", b"nonsense", "half", "other key"])
def test_a_damaged_authority_is_not_silently_replaced(folder, tmp_path, damage):
    CertificateAuthority.load_or_create(folder, HOSTS)
    file = folder / "ca-key.pem"
    if damage == "half":
        damage = file.read_bytes()[:300]
    if damage == "other key":
        CertificateAuthority.load_or_create(tmp_path / "other", HOSTS)
        other = (tmp_path / "other" / "ca-key.pem").read_bytes()
        mark = b"-----BEGIN CERTIFICATE"
        damage = other[: other.index(mark)] + file.read_bytes()[file.read_bytes().index(mark) :]
    file.write_bytes(damage)
    with pytest.raises(GatewayError, match="damaged"):
        CertificateAuthority.load_or_create(folder, HOSTS)


def test_it_lasts_at_most_a_year_and_is_constrained_critically(folder):
    certificate = certificate_of(CertificateAuthority.load_or_create(folder, HOSTS))
    life = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert life <= dt.timedelta(days=365)
    constraints = certificate.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    assert [x509.DNSName("api.openai.com"), x509.DNSName("openai.azure.com")] == list(
        constraints.value.permitted_subtrees
    )
    assert ["0.0.0.0/0", "::/0"] == [str(one.value) for one in constraints.value.excluded_subtrees]
    basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (True, 0) == (basic.ca, basic.path_length)


def test_a_leaf_has_its_own_key_and_few_days(folder):
    authority = CertificateAuthority.load_or_create(folder, HOSTS)
    leaf, again = authority.leaf("api.openai.com"), authority.leaf("api.openai.com")
    other = CertificateAuthority.load_or_create(folder, HOSTS).leaf("api.openai.com")
    key = load_pem_private_key((folder / "ca-key.pem").read_bytes(), None)
    life = leaf.certificate.not_valid_after_utc - leaf.certificate.not_valid_before_utc
    assert life <= dt.timedelta(days=7)
    assert leaf is again
    assert leaf.key.public_key() != key.public_key()
    assert leaf.key.public_key() != other.key.public_key()  # a key for each run
    assert leaf.certificate.public_key() == leaf.key.public_key()


def test_a_leaf_is_verified_by_an_independent_verifier(folder):
    authority = CertificateAuthority.load_or_create(folder, HOSTS)
    leaf = authority.leaf("a.openai.azure.com").certificate
    builder = PolicyBuilder().store(Store([certificate_of(authority)]))
    chain = builder.build_server_verifier(x509.DNSName("a.openai.azure.com")).verify(leaf, [])
    assert 2 == len(chain)
    with pytest.raises(VerificationError):
        builder.build_server_verifier(x509.DNSName("b.example")).verify(leaf, [])


@pytest.mark.parametrize("host", ["example.com", "openai.com", "xapi.openai.com", "", "127.0.0.1"])
def test_no_leaf_is_made_for_other_hosts(folder, host):
    authority = CertificateAuthority.load_or_create(folder, HOSTS)
    with pytest.raises(GatewayError, match="may not vouch"):
        authority.leaf(host)


def test_a_stolen_key_cannot_vouch_for_other_hosts(folder, monkeypatch):
    """The constraint is in the certificate: verifiers refuse what the code would not make."""
    authority = CertificateAuthority.load_or_create(folder, HOSTS)
    monkeypatch.setattr(CertificateAuthority, "names", ("example.com",))
    forged = authority.leaf("example.com").certificate
    verifier = (
        PolicyBuilder()
        .store(Store([certificate_of(authority)]))
        .build_server_verifier(x509.DNSName("example.com"))
    )
    with pytest.raises(VerificationError):
        verifier.verify(forged, [])


def test_other_hosts_renew_it_with_the_same_key_and_end(folder):
    old = certificate_of(CertificateAuthority.load_or_create(folder, HOSTS))
    new = certificate_of(CertificateAuthority.load_or_create(folder, ("slack.com",)))
    assert old.public_key() == new.public_key()
    assert old.not_valid_after_utc == new.not_valid_after_utc
    assert old.subject == new.subject
    assert old.serial_number != new.serial_number


def test_it_is_renewed_with_a_new_key_in_its_last_month(folder, monkeypatch):
    monkeypatch.setattr(certificates, "LIFE", dt.timedelta(days=29))
    old = certificate_of(CertificateAuthority.load_or_create(folder, HOSTS))
    monkeypatch.undo()
    new = certificate_of(CertificateAuthority.load_or_create(folder, HOSTS))
    assert old.public_key() != new.public_key()
    assert new.not_valid_after_utc - dt.datetime.now(dt.UTC) > dt.timedelta(days=300)


def test_a_leaf_is_made_anew_before_it_ends(folder, monkeypatch):
    authority = CertificateAuthority.load_or_create(folder, HOSTS)
    monkeypatch.setattr(certificates, "LEAF_LIFE", dt.timedelta(hours=2))
    old = authority.leaf("api.openai.com")
    monkeypatch.undo()
    assert (
        old.certificate.serial_number != authority.leaf("api.openai.com").certificate.serial_number
    )


def test_the_bundles_hold_what_they_should(folder):
    authority = CertificateAuthority.load_or_create(folder, HOSTS)
    own = authority.cert_path.read_text().strip()
    assert own in authority.bundle_path.read_text()
    upstream = authority.upstream_bundle().read_text()
    assert own not in upstream
    assert upstream.count("BEGIN CERTIFICATE") > 100
    assert authority.upstream_bundle(authority.cert_path).read_text().strip().endswith(own)


def test_an_authority_of_a_gateway_in_the_systems_store_is_not_trusted_upstream(
    folder, tmp_path, monkeypatch
):
    stranger = CertificateAuthority.load_or_create(tmp_path / "other", HOSTS)
    pem = stranger.cert_path.read_text()
    monkeypatch.setattr("gateway.proxy.roots.system_roots", lambda: list(roots.read(pem)))
    authority = CertificateAuthority.load_or_create(folder, HOSTS)
    assert pem.strip() not in authority.upstream_bundle().read_text()
    assert pem.strip() not in authority.bundle_path.read_text()


def test_the_environment_does_not_change_what_is_trusted(folder, tmp_path, monkeypatch):
    empty = tmp_path / "none.pem"
    empty.write_text("")
    before = CertificateAuthority.load_or_create(folder, HOSTS).upstream_bundle().read_text()
    monkeypatch.setenv("SSL_CERT_FILE", str(empty))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    after = CertificateAuthority.load_or_create(folder, HOSTS).upstream_bundle().read_text()
    assert before == after


def test_description_names_what_a_user_needs(folder):
    text = CertificateAuthority.load_or_create(folder, HOSTS).describe()
    assert "Redaction Gateway CA" in text
    assert "openai.azure.com" in text
    assert str(folder / "ca.pem") in text


def test_many_starts_at_once_agree_on_one_authority(tmp_path):
    script = (
        "import sys; from pathlib import Path; from gateway.proxy.ca import CertificateAuthority;"
        "a = CertificateAuthority.load_or_create(Path(sys.argv[1]), ['a.example']);"
        "print(a._certificate.serial_number)"
    )
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path / "ca")],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        for _ in range(5)
    ]
    assert 1 == len({run.communicate(timeout=30)[0] for run in runs})
    assert [0] * 5 == [run.returncode for run in runs]


def test_it_needs_no_mitmproxy():
    script = (
        "import sys, gateway.proxy, gateway.proxy.ca;"
        "assert not [m for m in sys.modules if m.startswith(('mitmproxy', 'OpenSSL', 'presidio'))]"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[2])
