"""The jtel dialect: the ACD's and dialler's interface at /rest/v1.0/{ClientsID}/, with tokens of clients."""
