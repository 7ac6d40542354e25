"""The keys of every task, whatever its flow: all others are values of its components."""

from enum import StrEnum


class KeyKind(StrEnum):
    """What the values of a reserved key are."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIME = "time"
    """An instant."""
    NAMES = "names"
    """A list of texts."""
    ANY = "any"
    """Any JSON."""


RESERVED_KEYS: dict[str, KeyKind] = {
    "_id": KeyKind.TEXT,
    "organizationId": KeyKind.TEXT,
    "flowId": KeyKind.TEXT,
    "flow": KeyKind.TEXT,
    "hubId": KeyKind.TEXT,
    "hub": KeyKind.ANY,
    "title": KeyKind.TEXT,
    "content": KeyKind.TEXT,
    "label": KeyKind.ANY,
    "status": KeyKind.TEXT,
    "assignee": KeyKind.NAMES,
    "assignedBy": KeyKind.TEXT,
    "assignedTime": KeyKind.TIME,
    "startTime": KeyKind.TIME,
    "endTime": KeyKind.TIME,
    "doneBy": KeyKind.TEXT,
    "doneTime": KeyKind.TIME,
    "doneCoordinate": KeyKind.ANY,
    "doneFrom": KeyKind.TEXT,
    "createdBy": KeyKind.TEXT,
    "createdFrom": KeyKind.TEXT,
    "createdTime": KeyKind.TIME,
    "updatedBy": KeyKind.TEXT,
    "updatedTime": KeyKind.TIME,
    "openTaskTime": KeyKind.TIME,
    "waitingTime": KeyKind.NUMBER,
    "travelDuration": KeyKind.NUMBER,
    "duration": KeyKind.NUMBER,
    "distance": KeyKind.NUMBER,
    "eta": KeyKind.TIME,
    "etd": KeyKind.TIME,
    "assignedVehicleId": KeyKind.TEXT,
    "assignedVehicle": KeyKind.ANY,
    "assignedTo": KeyKind.ANY,
    "organization": KeyKind.ANY,
    "refId": KeyKind.TEXT,
    "isDeleted": KeyKind.BOOLEAN,
    "orderIndex": KeyKind.NUMBER,
    "routePlannedOrder": KeyKind.NUMBER,
    "expectedCoordinate": KeyKind.ANY,
    "createdCoordinate": KeyKind.ANY,
    "isSample": KeyKind.BOOLEAN,
    "expectedDoneTime": KeyKind.TIME,
    "geoLock": KeyKind.ANY,
    "geoLockTrigger": KeyKind.ANY,
    "useGeoLock": KeyKind.BOOLEAN,
    "idLocal": KeyKind.TEXT,
    "idleDuration": KeyKind.NUMBER,
    "syncedTime": KeyKind.TIME,
    "histories": KeyKind.ANY,
    "Handover": KeyKind.ANY,
    "routingResultId": KeyKind.TEXT,
    "parentTaskId": KeyKind.TEXT,
    "autoSplit": KeyKind.ANY,
    "splitNumber": KeyKind.NUMBER,
    "useVisitGroup": KeyKind.BOOLEAN,
    "visitGroup": KeyKind.ANY,
    "visitGroupPriority": KeyKind.NUMBER,
    "appVersion": KeyKind.TEXT,
    "deviceInformation": KeyKind.ANY,
    "automationRefId": KeyKind.TEXT,
    "automationRefType": KeyKind.TEXT,
    "taskType": KeyKind.TEXT,
    "parentId": KeyKind.TEXT,
    "subId": KeyKind.TEXT,
    "workflow": KeyKind.ANY,
    "workflowId": KeyKind.TEXT,
    "doneOrder": KeyKind.NUMBER,
    "isLastDoneOrder": KeyKind.BOOLEAN,
    "inLocation": KeyKind.ANY,
    "outLocation": KeyKind.ANY,
    "travelDistance": KeyKind.NUMBER,
    "vehicleSubHubDistanceLimit": KeyKind.NUMBER,
}
"""By name, in the order in which they are listed and exported."""
