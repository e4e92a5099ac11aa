namespace Kdoctor.Agent.Apps;

/// <summary>How a test server answers for a name, so that what clients make of it can be seen.</summary>
internal enum DnsManner
{
    /// <summary>With the name's addresses; with none where it has none of the type asked for.</summary>
    Honest,

    /// <summary>Cut (RFC 2181 section 9) in every datagram, however large the client's may be; whole in streams.</summary>
    Truncated,

    /// <summary>SERVFAIL (RFC 1035 section 4.1.1), as a resolver does that cannot find out.</summary>
    ServFail,

    /// <summary>REFUSED, as a server does that does not serve the client.</summary>
    Refused,

    /// <summary>Not at all, as one does that hangs.</summary>
    Silent,
}
