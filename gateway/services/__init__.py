"""What is known of each cloud service, as data.

:class:`Catalog` answers three questions for a surface: is this host ours, what does this request
do (:class:`Route`), and how does this service say no (:class:`Refusal`). Adding a service means
adding one YAML file to ``profiles/``.
"""

from gateway.services._answer import Refusal
from gateway.services.catalog import Catalog, Route
from gateway.services.describe import markdown
from gateway.services.schema import Profile, Shape, Step, json_schema

__all__ = ["Catalog", "Profile", "Refusal", "Route", "Shape", "Step", "json_schema", "markdown"]
