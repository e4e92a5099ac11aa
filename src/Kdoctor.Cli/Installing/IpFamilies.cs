namespace Kdoctor.Cli.Installing;

/// <summary>The values of <c>--ip-families</c>.</summary>
[Flags]
internal enum IpFamilies
{
    /// <summary>What the cluster's Services get.</summary>
    Auto = 0,

    IPv4 = 1,

    IPv6 = 2,

    Dual = IPv4 | IPv6,
}
