"""单位与人员: the levels of the tree and what people are there."""

from portal.vocabulary.labelled import Labelled


class UnitLevel(Labelled):
    """单位级别; a bureau (民政、残联、农业农村 …) stands beside the tree at its own level."""

    PROVINCE = "province", "省"
    CITY = "city", "市"
    COUNTY = "county", "县"
    SCHOOL = "school", "学校"
    BUREAU = "bureau", "部门"


class Role(Labelled):
    """What a staff member may do; the permissions are a table in ``access/permissions.py``."""

    TEACHER = "teacher", "班主任"
    SCHOOL_OFFICER = "school_officer", "学校资助专干"
    COUNTY_OFFICER = "county_officer", "县级资助中心"
    CITY_OFFICER = "city_officer", "市级资助中心"
    PROVINCE_OFFICER = "province_officer", "省级资助中心"
    BUREAU_OFFICER = "bureau_officer", "部门数据员"
    INSPECTOR = "inspector", "督查员"
    ACCOUNT_KEEPER = "account_keeper", "账号管理员"
