"""A session through the proxy becomes the skeleton of a profile: names and shapes, never values.

``notes.py`` keeps of each request and answer what a profile is about, with values only as keyed
digests; ``steps.py`` puts like requests together and finds which value of an answer comes back in
which request; ``skeleton.py`` writes it down; ``words.py`` says which names may stand in the file.
"""

from gateway.services.recording.hosts import recorded_hosts
from gateway.services.recording.notes import Recorder
from gateway.services.recording.skeleton import Skeleton, skeleton
from gateway.services.recording.words import Sensitive, spoken

__all__ = ["Recorder", "Sensitive", "Skeleton", "recorded_hosts", "skeleton", "spoken"]
