"""What a browser opens, by Flask and Jinja2. `entrance` answers before they are imported, `site` puts them together."""
