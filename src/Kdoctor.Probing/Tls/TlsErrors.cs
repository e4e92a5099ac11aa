namespace Kdoctor.Probing.Tls;

/// <summary>The thread's queue of OpenSSL errors, which is empty between calls: whoever finds an error there takes all.</summary>
internal static unsafe class TlsErrors
{
    private static readonly bool Version3 = OpenSsl.VersionNumber() >= 0x30000000;

    /// <summary>The oldest error in words; the queue is empty afterwards.</summary>
    internal static string Take()
    {
        Take(out _, out var text);
        return text.Length == 0 ? "no reason given" : text;
    }

    /// <summary>The oldest error; false for none. The queue is empty afterwards.</summary>
    internal static bool Take(out int reason, out string text)
    {
        var error = OpenSsl.NextError();
        reason = 0;
        text = "";
        if (error == 0)
            return false;

        // ERR_GET_REASON (err.h): 23 bits since 3.0, 12 before.
        reason = (int)(error & (Version3 ? 0x7FFFFFu : 0xFFFu));
        text = OpenSsl.Text(OpenSsl.ReasonText(error));
        OpenSsl.ClearErrors();
        return true;
    }
}
