"""The edge: pages for families and staff, the door for gateways' reports, figures. Views and commands commit."""

from portal.blueprints import errors
from portal.blueprints.families import families
from portal.blueprints.metrics import metrics
from portal.blueprints.reports import reports
from portal.blueprints.staff import staff

registered = (families, staff, reports, metrics, errors.blueprint)
