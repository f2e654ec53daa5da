"""Audio-video records of sessions: storage, retention, holds and provable deletion."""
