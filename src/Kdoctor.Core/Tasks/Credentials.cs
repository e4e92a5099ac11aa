using System.Text.RegularExpressions;

namespace Kdoctor.Core.Tasks;

/// <summary>
/// What a task may hold that nobody is to read in reports, messages and logs. More people read those than may read tasks, and they are copied into tickets.
/// What is left says that there was something, and where. Names decide: what has no telling name is shown.
/// </summary>
internal static partial class Credentials
{
    /// <summary>Stands where a credential stood.</summary>
    public const string Mark = "(redacted)";

    // By parts of names, dashes and underscores aside: what is hidden in vain costs little, what is shown costs a credential.
    private static readonly string[] Telling =
        ["AUTH", "COOKIE", "TOKEN", "SECRET", "PASSW", "PASSPHRASE", "APIKEY", "ACCESSKEY", "PRIVATEKEY", "SIGNINGKEY", "CREDENTIAL", "SESSION", "SIGNATURE", "JWT", "BEARER"];

    // Too short to be parts of names: whole names of parameters.
    private static readonly string[] TellingParameters = ["KEY", "SIG", "PWD", "PASS"];

    /// <summary>Whether the name of a header field, a variable or a parameter tells of a credential.</summary>
    public static bool IsTelling(string name)
    {
        var plain = name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);
        return Telling.Any(part => plain.Contains(part, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>A URL, or what was meant to be one, without its user information and the values of parameters whose names are telling.</summary>
    public static string HiddenIn(string url) =>
        Parameter().Replace(UserInformation().Replace(url, match => $"{match.Groups[1].Value}{Mark}@", 1), match => IsTellingParameter(match.Groups[2].Value)
            ? $"{match.Groups[1].Value}{match.Groups[2].Value}={Mark}"
            : match.Value);

    private static bool IsTellingParameter(string name)
    {
        var plain = Uri.UnescapeDataString(name);
        return IsTelling(plain) || TellingParameters.Contains(plain, StringComparer.OrdinalIgnoreCase);
    }

    [GeneratedRegex(@"(\A[^/]*//|\A)[^/?#]*@", RegexOptions.NonBacktracking)]
    private static partial Regex UserInformation();

    [GeneratedRegex("([?&;])([^=&;#?]*)=[^&;#]*", RegexOptions.NonBacktracking)]
    private static partial Regex Parameter();
}
