"""ASMX on Spyne: SOAP 1.1, SOAP 1.2, HTTP GET and HTTP POST as ASP.NET's .asmx endpoints speak them.

Stands alone: knows SOAP, XML and HTTP, and nothing of helpdesks.
"""
