"""What is decided for an episode is done: metadata, copies of audio and publishers' transcripts are written.

I/O: writes through the store, in an order in which a kill after any step leaves what the next run goes on from.
"""

import os
from dataclasses import replace
from pathlib import Path

from podindex.catalogue import Catalogue
from podindex.config import Settings
from podindex.errors import StoreError
from podindex.ingest import Job
from podindex.intake.deciding import Decision
from podindex.models import AudioRef, Episode, EpisodeOutcome, Transcript
from podindex.store import EpisodeStore


class Registrar:
    """Carries decisions out; whoever has one holds the store's writer lock."""

    def __init__(self, store: EpisodeStore, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue

    def register(self, decision: Decision, request: Settings | None) -> Job:
        """Save an episode that is to be transcribed, and in which way."""
        file = decision.file
        duration_ms = file.info.duration_ms  # before anything is written: it may be no audio
        episode, path = self._save(decision)
        self._catalogue.remember(episode.id, path, file.sha256)
        if request:
            self._store.checkpoints(episode.id).save_request(request)
        else:
            self._store.checkpoints(episode.id).clear_request()
        return Job(episode, path, file.sha256, duration_ms, request)

    def settle(self, decision: Decision) -> EpisodeOutcome:
        """Save what is new of an episode that keeps its transcript; remove what attempts to transcribe it have left."""
        episode, path = decision.episode, decision.file.path
        if not decision.is_saved:
            episode, path = self._save(decision)
        # Left by a kill right after the transcript was saved, or by a try that was to replace it.
        self._store.checkpoints(episode.id).clear()
        self._catalogue.remember(episode.id, path, decision.file.sha256)
        return EpisodeOutcome(path, episode.id, "unchanged", episode.duration_ms)

    def give(self, decision: Decision, transcript: Transcript) -> EpisodeOutcome:
        """Save a publisher's transcript of an episode, then settle it."""
        # Before the episode is registered: `sync` transcribes episodes that have no transcript.
        kept = self._store.save_transcript(transcript)
        # The factor was that of a transcript it had before.
        episode = replace(decision.episode, language=transcript.language, real_time_factor=None)
        outcome = self.settle(replace(decision, episode=episode, is_saved=False))
        duration_ms = transcript.origin.audio_duration_ms
        return replace(outcome, status="done", duration_ms=duration_ms, resumed_ms=duration_ms or 0, kept=kept)

    def correct_language(self, transcript: Transcript, language: str | None) -> None:
        """Save in which language an episode is whose transcript does not say it, or wrongly."""
        episode_id = transcript.episode_id
        self._store.save_episode(replace(self._store.load_episode(episode_id), language=language))
        self._store.save_transcript(replace(transcript, language=language))

    def _save(self, decision: Decision) -> tuple[Episode, Path]:
        """Save an episode with its audio, which is copied into the library first where that is asked for.

        Returns:
            It, and where its audio is now.
        """
        path = decision.file.path
        copy = self._store.copy_audio(decision.episode.id, path) if decision.is_to_copy else None
        path = copy or path
        episode = replace(decision.episode, audio=self._audio_ref(decision.episode.id, path, decision.file.sha256))
        try:
            self._store.save_episode(episode)
        except StoreError:
            if copy:
                copy.unlink(missing_ok=True)  # nobody would know whose it is
            raise
        return episode, path

    def _audio_ref(self, episode_id: str, path: Path, sha256: str) -> AudioRef:
        """Refer to audio inside the library relatively, so that the library can be moved."""
        reference = str(path)
        if path.is_relative_to(self._store.root):
            reference = os.path.relpath(path, self._store.metadata_path(episode_id).parent)
        return AudioRef(reference, sha256, path.stat().st_size)
