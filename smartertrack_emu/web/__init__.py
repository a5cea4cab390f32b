"""What a browser sees beside the services: health, the services' overview, downloads."""
