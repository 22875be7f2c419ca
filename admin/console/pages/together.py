"""The page of a batch: documents that were handed in together."""

from typing import Any

from flask import abort, request
from flask_admin import expose

from admin.console import batch
from admin.console.door import mine
from admin.console.pages.all_matching import new_click
from app.store.documents import Document
from app.store.tenants import Tenant


class Together:
    """The part of ``Documents`` that shows what came with a document."""

    get_one: Any
    render: Any

    @expose("/<row:row_id>/together/")
    def together(self, row_id: int) -> str:
        """What came together with this document: how far it is, and what is wrong with some."""
        if request.args:
            abort(400)
        with mine():
            one: Document = self.get_one(row_id)
            found, tenant = batch.of(one), Tenant.get_by_id(one.tenant_id)
        click = new_click()
        page: str = self.render(
            "console/batch.html", batch=found, tenant=tenant, listed=batch.LISTED, click=click
        )
        return page
