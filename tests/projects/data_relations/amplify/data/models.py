"""Every kind of relation."""

from __future__ import annotations

from preamp.data import ID, Model, allow, belongs_to, has_many, has_one, schema


class Team(Model):
    mantra: str
    members: list[Member] = has_many("team_id")


class Member(Model):
    name: str
    team_id: ID | None
    team: Team | None = belongs_to("team_id")


class Cart(Model):
    items: list[str] | None
    customer_id: ID | None
    customer: Customer | None = belongs_to("customer_id")


class Customer(Model):
    name: str | None
    active_cart: Cart | None = has_one("customer_id")


class Post(Model):
    title: str | None
    tags: list[PostTag] = has_many("post_id")
    author_id: ID | None
    editor_id: ID | None
    author: Person | None = belongs_to("author_id")
    editor: Person | None = belongs_to("editor_id")


class Tag(Model):
    name: str
    posts: list[PostTag] = has_many("tag_id")


class PostTag(Model):
    post_id: ID
    tag_id: ID
    post: Post = belongs_to("post_id")
    tag: Tag = belongs_to("tag_id")


class Person(Model):
    name: str | None
    authored_posts: list[Post] = has_many("author_id")
    edited_posts: list[Post] = has_many("editor_id")


class Store(Model, identifier=["brand", "branch"]):
    brand: str
    branch: str
    shelves: list[Shelf] = has_many(["store_brand", "store_branch"])
    manager: Manager | None = has_one(["store_brand", "store_branch"])


class Shelf(Model):
    store_brand: str
    store_branch: str
    store: Store = belongs_to(["store_brand", "store_branch"])


class Manager(Model):
    store_brand: str | None
    store_branch: str | None
    store: Store | None = belongs_to(["store_brand", "store_branch"])


class Employee(Model):
    boss_id: ID | None
    boss: Employee | None = belongs_to("boss_id")
    reports: list[Employee] = has_many("boss_id")


class Project(Model):
    notes: list[ProjectNote] = has_many(
        "project_id", authorization=[allow.owner(), allow.authenticated().to("read")]
    )


class ProjectNote(Model):
    project_id: ID
    text: str | None
    project: Project = belongs_to("project_id")


api = schema(
    [
        Team, Member, Cart, Customer, Post, Tag, PostTag, Person,
        Store, Shelf, Manager, Employee, Project, ProjectNote,
    ],
    authorization=[allow.owner(), allow.authenticated().to("read")],
)  # fmt: skip
