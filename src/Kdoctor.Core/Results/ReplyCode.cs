using System.Globalization;

namespace Kdoctor.Core.Results;

/// <summary>DNS reply codes by the names that the world knows them by (RFC 6895 section 2.3; IANA, DNS RCODEs).</summary>
public static class ReplyCode
{
    /// <summary>The question was answered.</summary>
    public const int NoError = 0;

    /// <summary>The greatest code: four bits of the header and eight of EDNS (RFC 6891 section 6.1.3).</summary>
    public const int Max = 4095;

    private static readonly string[] First =
        ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE", "DSOTYPENI"];

    /// <summary>A code's name, for example <c>NXDOMAIN</c>; <c>RCODE17</c> for one without.</summary>
    public static string NameOf(int code) => code switch
    {
        >= 0 when code < First.Length => First[code],
        16 => "BADVERS",
        22 => "BADTRUNC",
        23 => "BADCOOKIE",
        _ => string.Create(CultureInfo.InvariantCulture, $"RCODE{code}"),
    };
}
