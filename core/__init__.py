"""The ground floor: settings, database, problems, clock and jobs. No domain words, nothing of ours imported."""
