"""Lists of records as CSV and XLSX, out and in."""
