"""Files that are nearly right, for every door: built by their structure, then spoilt a little."""
