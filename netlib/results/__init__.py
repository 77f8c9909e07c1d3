"""The results of the studies: small CSV and JSON files, read by `netlib.data.study`."""
