using System.Security.Cryptography;
using System.Text;

namespace Kdoctor.Agent.Hosting;

/// <summary>
/// Who a host's agent is when nobody said: derived from the machine's id (machine-id(5), which must not be told to strangers and is hashed
/// with a name of ours, as that page advises), else made by chance once and kept.
/// </summary>
internal static class AgentIdentity
{
    private const string MachineIdPath = "/etc/machine-id";

    public static string Find(string stateFile)
    {
        if (File.Exists(stateFile))
            return File.ReadAllText(stateFile).Trim();
        if (File.Exists(MachineIdPath) && File.ReadAllText(MachineIdPath).Trim() is { Length: 32 } machine)
            return Hex(HMACSHA256.HashData(Encoding.ASCII.GetBytes(machine), "kdoctor agent"u8));
        var made = Hex(RandomNumberGenerator.GetBytes(16));
        File.WriteAllText(stateFile, made + "\n");
        return made;
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes.AsSpan(0, 16));
}
