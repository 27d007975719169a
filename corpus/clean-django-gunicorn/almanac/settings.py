# Excerpt: what matters for the proxy. HSTS is sent by nginx, not from here.
DEBUG = False
ALLOWED_HOSTS = ["almanac.test", "www.almanac.test"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

STATIC_URL = "/static/"
STATIC_ROOT = "/srv/almanac/static/"
MEDIA_URL = "/media/"
MEDIA_ROOT = "/srv/almanac/media/"
