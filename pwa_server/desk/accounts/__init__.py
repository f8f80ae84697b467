"""Who works here and how they prove it: passwords, codes, passkeys, sessions. Imports models, log, core."""
