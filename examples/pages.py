"""A small web server on asyncio that counts its visitors, and three clients that visit it at once.

    taipan examples/pages.py          runs the clients against the server and ends
    taipan examples/pages.py PORT     serves until it is interrupted
"""

import asyncio
import json
import sys
from urllib.parse import parse_qs, urlsplit

ROUTES = {}


def route(path):
    def add(handler):
        ROUTES[path] = handler
        return handler

    return add


visits = {}


@route("/")
async def home(query):
    return "text/html", "<h1>It works</h1>"


@route("/visit")
async def visit(query):
    name = query.get("name", ["nobody"])[0]
    await asyncio.sleep(0.01)
    visits[name] = visits.get(name, 0) + 1
    return "application/json", json.dumps({"name": name, "visits": visits[name]})


async def serve_one(reader, writer):
    """Answers one request and closes."""
    try:
        method, target, _ = (await reader.readline()).decode("latin-1").split()
        while (await reader.readline()).strip():
            pass
        url = urlsplit(target)
        status, kind, body = "404 Not Found", "text/plain", f"nothing at {url.path}"
        if method == "GET" and url.path in ROUTES:
            status = "200 OK"
            kind, body = await ROUTES[url.path](parse_qs(url.query))
        data = body.encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode("latin-1") + data)
        await writer.drain()
    except ValueError:
        pass
    finally:
        writer.close()


async def fetch(port, target):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    return head.split(b"\r\n")[0].decode(), body.decode()


async def demonstrate():
    server = await asyncio.start_server(serve_one, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        async with asyncio.timeout(10):
            print(*await fetch(port, "/"))
            targets = [f"/visit?name={name}" for name in ("ada", "grace", "ada")]
            for status, body in sorted(await asyncio.gather(*(fetch(port, target) for target in targets))):
                print(status, json.loads(body))
            print(*await fetch(port, "/nowhere"))


async def serve(port):
    server = await asyncio.start_server(serve_one, "127.0.0.1", port)
    print(f"http://127.0.0.1:{port}/ (Ctrl-C ends it)")
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(serve(int(sys.argv[1])) if len(sys.argv) > 1 else demonstrate())
    except KeyboardInterrupt:
        pass
