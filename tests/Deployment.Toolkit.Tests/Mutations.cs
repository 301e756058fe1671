using System.Text;
using CsCheck;

namespace Deployment.Toolkit.Tests;

/// <summary>
/// Texts that were damaged at a few places: what a reader has to bear. A failure is shrunk to the fewest and smallest damages, and CsCheck prints
/// the seed that brings it back (CsCheck_Seed).
/// </summary>
internal static class Mutations
{
    /// <summary>Damages texts.</summary>
    /// <param name="originals">The texts, one of which is taken.</param>
    /// <param name="pieces">What is put in between, beside any character and parts of the text itself.</param>
    /// <param name="atMost">How many damages.</param>
    internal static Gen<string> Of(string[] originals, string[] pieces, int atMost = 4) => Of(Gen.OneOf(originals), pieces, Gen.Char, atMost);

    /// <summary>The same for bytes, any of which may be damaged.</summary>
    internal static Gen<byte[]> Of(byte[] original, string[] pieces, int atMost = 4) =>
        Of(Gen.Const(Encoding.Latin1.GetString(original)), [.. pieces.Select(static piece => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(piece)))], Gen.Char['\0', 'ÿ'], atMost)
            .Select(Encoding.Latin1.GetBytes);

    private static Gen<string> Of(Gen<string> original, string[] pieces, Gen<char> any, int atMost) =>
        Gen.Select(original, Gen.Select(Gen.Enum<Kind>(), Gen.Int[0, 9999], Gen.Int[0, 40], any, Gen.OneOf(pieces)).Array[0, atMost])
            .Select(static made =>
            {
                var text = new StringBuilder(made.Item1);
                foreach (var (kind, place, length, character, piece) in made.Item2)
                    Damage(text, kind, place, length, character, piece);
                return text.ToString();
            });

    private static void Damage(StringBuilder text, Kind kind, int place, int length, char character, string piece)
    {
        var at = place * text.Length / 10_000;
        if (kind == Kind.Insert) text.Insert(at, piece);
        if (text.Length == 0 || kind == Kind.Insert) return;

        length = Math.Min(length, text.Length - at);
        _ = kind switch
        {
            Kind.Replace => text.Remove(at, 1).Insert(at, character),
            Kind.Remove => text.Remove(at, length),
            _ => text.Insert(at, text.ToString(at, length)),
        };
    }

    private enum Kind
    {
        Replace,
        Remove,
        Insert,
        Repeat,
    }
}
