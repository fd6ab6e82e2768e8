"""The static site of the leaderboards: plain files that work from a disk and on any host."""

from tfbs.leaderboards.site.render import render_site as render_site
