namespace Kdoctor.Core.Addresses;

/// <summary>Addresses that a task's target may not have unless whoever installed kdoctor allows them: an agent would reach there what the task's author may not.</summary>
public enum AddressKind
{
    /// <summary>127.0.0.0/8 and ::1: the agent's own node or pod (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3).</summary>
    Loopback = 1,

    /// <summary>169.254.0.0/16 and fe80::/10: what is on the same wire (RFC 3927, RFC 4291 section 2.5.6).</summary>
    LinkLocal = 2,

    /// <summary>Where clouds hand their machines' credentials out.</summary>
    Metadata = 3,

    /// <summary>0.0.0.0/8 and ::, which systems take for themselves (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.2).</summary>
    Unspecified = 4,

    /// <summary>224.0.0.0/4, ff00::/8 and 255.255.255.255: many at once (RFC 5771, RFC 4291 section 2.7, RFC 919).</summary>
    Multicast = 5,
}
