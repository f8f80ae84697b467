"""What every layer of the desk stands on: the desk itself, its clock, its errors. Imports no other layer."""
