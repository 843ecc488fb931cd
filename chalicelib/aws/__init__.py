"""The only code that imports boto3: table, keys, bus, queues, mail, files, secrets, settings, http."""
