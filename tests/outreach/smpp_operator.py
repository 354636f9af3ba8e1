"""An operator over SMPP 3.4, whose phones do what the last digit of their number says; it prints what it got.

Protocol, binds and timers are smpp34's; only the table is ours. A number that ends in 9 also answers 退订.
"""

import asyncio
import sys
from collections import Counter

import smpp34

STATES = {
    # last digit: what the phone's operator reports, one after another
    "1": ("UNDELIV",),
    "2": ("EXPIRED",),
    "3": ("REJECTD",),
    "6": ("ACCEPTD", "DELIVRD"),
    "7": (),
}
REJECTED, THROTTLED, LATE = "4", "5", "8"
DELIVERED = ("DELIVRD",)
SECONDS, LONG = 0.2, 3.0
RECEIPT, PLAIN, UCS2 = 0x04, 0x00, 8


async def reports(link: smpp34.Esme, number: str, source: str, message_id: str) -> None:
    for state in STATES.get(number[-1], DELIVERED):
        await asyncio.sleep(LONG if number[-1] == LATE else SECONDS)
        words = (
            f"id:{message_id} sub:001 dlvrd:001 submit date:2609071000 done date:2609071000 stat:{state} err:000 text:"
        )
        await link.deliver_sm(
            source_addr=number, destination_addr=source, esm_class=RECEIPT, short_message=words.encode()
        )
    if number[-1] == "9":
        await link.deliver_sm(
            source_addr=number,
            destination_addr=source,
            esm_class=PLAIN,
            data_coding=UCS2,
            short_message="退订".encode("utf-16-be"),
        )


async def serve(port: int) -> None:
    server = smpp34.Server(host="127.0.0.1", port=port, system_id="SIM")
    await server.start()
    links: dict[object, smpp34.Esme] = {}
    tries: Counter[str] = Counter()
    running = set()
    while True:
        event = await server.next()
        if isinstance(event, smpp34.Esme):
            links[event.session_id] = event
        elif isinstance(event, smpp34.SubmitSmEvent):
            number = event.destination_addr
            tries[number] += 1
            if number[-1] == REJECTED:
                event.reject(smpp34.ESME_RINVDSTADR)
            elif number[-1] == THROTTLED and tries[number] <= 2:
                event.reject(smpp34.ESME_RTHROTTLED)
            else:
                message_id = str(tries.total())  # Kannel reads it as a decimal number
                sys.stdout.write(f"got {number}\n")
                sys.stdout.flush()
                event.accept(message_id=message_id)
                task = asyncio.create_task(reports(links[event.session_id], number, event.source_addr, message_id))
                running.add(task)
                task.add_done_callback(running.discard)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
