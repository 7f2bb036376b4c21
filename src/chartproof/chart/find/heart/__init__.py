"""Heart: ejection fraction, imaging and the 12-lead ECG."""
