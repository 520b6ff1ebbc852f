"""Many contracts and month ends: Parquet in, Parquet out, a part at a time, resumable, on one machine or on Dask."""
