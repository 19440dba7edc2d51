"""What looks random but opens nothing, and what only speaks of secrets, is left alone."""

import base64
import hashlib
import random
import uuid

import pytest

from gateway.detect import Detector, catalogue
from gateway.model import DetectionOptions, Segment

SECRETS = frozenset(name for name, groups in catalogue().items() if "SECRETS" in groups)

ENGLISH = """Keys, tokens and passwords are secrets: keep them in a vault, rotate them every 90 days and
never send a password by mail. A password must have 12 characters; the password is case-sensitive, is
required, and expires in 2025. The secret of good soup: stock. Token: a small disc of metal. The key is
under the mat. Authentication: see section 4.2. Basic understanding of OAuth 2.0 bearer tokens helps.
API keys: generate one at https://example.com/account/api-keys and pass it as `api_key`. Session: 14:30.
The verification code is sent by text message. Recovery codes: keep them offline. Passphrase: optional.
Primary key: customer_id, foreign key: order_id2. Licence key: see the invoice. PIN: four digits.
"""
CHINESE = """密码应当定期更换，长度不少于12位；密码为用户登录系统的凭证，请勿外传。初始密码由管理员设置，密码是区分大小写的。
请输入验证码，验证码为6位数字，60秒后可重新获取。密钥由公司保管，令牌有效期为2小时。口令：由字母和数字组成。
密码学基础：SHA256、RSA2048与SM4算法比较。访问令牌请在控制台申请，API密钥见第3.2节。忘记密码？
"""
CODE = '''def login(user: str, password: str = "", token: str | None = None) -> Session:
    """Log in; raises PasswordError when the password is wrong."""
    api_key = os.environ["API_KEY"]
    secret_key = settings.SECRET_KEY_2
    client_secret = get_secret("prod/client-secret-v2")
    access_token = response.json()["access_token"]
    password = getpass.getpass("Password: ")
    self.password = hash_password2(password, salt)
    headers = {"Authorization": f"Bearer {token}", "X-Api-Key": api_key}
    if token == self.tokens[index2]: pass
    next_page_token = page.next_page_token2
    key = lambda item: (item.key1, item.value2)
    auth_token = base64.b64encode(f"{user}:{password}".encode()).decode()
    sort_key = "created_at_2_descending"
    public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKZ1x2c3v4b5n6m7a8s9d0f1g2h3j4k5l6z7x8c9v0b1"
'''
CONFIG = """API_KEY=${API_KEY}
SECRET_KEY=<your-secret-key>
PASSWORD=changeme
DB_PASSWORD={{ vault_db_password }}
AUTH_TOKEN=xxxxxxxxxxxxxxxxxxxxxxxx
ACCESS_TOKEN=YOUR_ACCESS_TOKEN_1
CLIENT_SECRET=$CLIENT_SECRET
token: ${{ secrets.GITHUB_TOKEN }}
password: "********"
password: !vault
api_token: process.env.API_TOKEN2
keystore.path=/etc/ssl/private/server1.jks
ssh_key: ~/.ssh/id_ed25519
url: postgres://user:password@localhost:5432/db
password_min_length: 12
token_ttl: 3600s
"""


def _random_looking(rng: random.Random) -> str:
    """Lock files, logs, pictures, style sheets: each line looks random and none is secret."""
    digest = hashlib.sha256(rng.randbytes(9))
    sha, b64 = digest.hexdigest(), base64.b64encode(digest.digest()).decode()
    wide = base64.b64encode(hashlib.sha512(rng.randbytes(9)).digest()).decode()
    return "\n".join(
        [
            f"commit {sha[:40]}",
            f"index {sha[:7]}..{sha[8:15]} 100644",
            f"    --hash=sha256:{sha} \\",
            f'"integrity": "sha512-{wide}",',
            f"golang.org/x/crypto v0.31.0 h1:{b64}",
            f"image: registry.example.com/app@sha256:{sha}",
            f'checksum = "{sha}"',
            f"MD5 (file.iso) = {sha[:32]}",
            f'etag: W/"{sha[:20]}"',
            f"request_id={uuid.UUID(bytes=rng.randbytes(16))} trace={sha[:32]}",
            f'<script src="a.js" integrity="sha256-{b64}" nonce="{b64[:22]}"></script>',
            f"Content-Security-Policy: script-src 'nonce-{b64[:22]}'",
            f'<img src="data:image/png;base64,iVBORw0KGgo{wide * 3}">',
            f'<div class="css-{sha[:8]} sc-{b64[:6]} _{sha[:20]}">',
            f"!function(e,t){{var n={{key:e,token:t}};return n.key===t.token?e:{sha[:6]!r}}}(a,b);",
            f"-----BEGIN CERTIFICATE-----\nMII{wide}\n{wide}\n-----END CERTIFICATE-----",
            f"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ{wide} jane@example.com",
            f'cache_key: {sha[:32]}, partition_key: "{sha}"',
            f"blob:{uuid.UUID(bytes=rng.randbytes(16))}",
            f"ipfs://Qm{b64[:43].replace('+', 'a').replace('/', 'b')}/{rng.randrange(10**6)}.json",
        ]
    )


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(DetectionOptions(ignore=frozenset(catalogue()) - SECRETS))


def _alarms(detector: Detector, text: str) -> list[str]:
    return [text[f.start : f.end] for f in detector.find([Segment(text, "x")])]


@pytest.mark.parametrize(
    "text", [ENGLISH, CHINESE, CODE, CONFIG], ids=["en", "zh", "code", "config"]
)
def test_speaking_of_secrets_gives_none_away(detector: Detector, text: str) -> None:
    assert [] == _alarms(detector, text)


def test_hashes_and_pictures_are_no_secrets(detector: Detector) -> None:
    rng = random.Random(12)
    for _ in range(50):
        assert [] == _alarms(detector, _random_looking(rng))


@pytest.mark.parametrize("label", ["id", "sha", "etag", "cache_key", "public_key", "next_page_token",
                                   "user_id", "checksum", "primaryKey", "token_type"])  # fmt: skip
def test_a_field_with_another_label_holds_no_key(detector: Detector, label: str) -> None:
    value = hashlib.sha256(b"made up").hexdigest()[:32]
    assert [] == detector.find([Segment(value, "x", context=(label,))])
