"""The edge: pages for families and for staff, and the door where gateways report. Views and commands commit."""

from portal.blueprints import errors
from portal.blueprints.families import families
from portal.blueprints.reports import reports
from portal.blueprints.staff import staff

registered = (families, staff, reports, errors.blueprint)
