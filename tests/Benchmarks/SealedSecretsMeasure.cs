using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Deployment.Toolkit;
using Deployment.Toolkit.Secrets;

namespace Benchmarks;

/// <summary>Opens a file of a thousand secrets and every value in it, against the bare calls that a thousand values need at least.</summary>
internal static class SealedSecretsMeasure
{
    private const int Count = 1000;
    private const double MostRatio = 2;

    internal static async Task<int> RunAsync(int rounds)
    {
        var folder = Directory.CreateTempSubdirectory("dtk-bench-");
        try
        {
            using var key = SealedKey.GenerateRaw();
            var secrets = new SealedSecrets(Path.Combine(folder.FullName, SealedSecrets.FileName("Production")), "Production", key);
            await secrets.InitializeAsync("bench", key, null, CancellationToken.None);
            await secrets.SetAsync([.. Enumerable.Range(0, Count).Select(static i => new KeyValuePair<string, Secret>($"Service{i:D4}.ConnectionString", ValueOf(i)))], default, CancellationToken.None);
            var bare = Bare.Seal();
            var (opened, calls) = (new List<double>(), new List<double>());
            for (var i = -100; i < rounds; i++)
            {
                var whole = Time(() => secrets.Verify());
                var minimum = Time(bare.Open);
                // The first rounds are compiled while they run.
                if (i < 0) continue;
                opened.Add(whole);
                calls.Add(minimum);
            }

            var ratio = Median(opened) / Median(calls);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Count} sealed secrets opened       {Median(opened),8:F2} ms (median of {rounds}): read, checked, every value decrypted"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bare HKDF and AES-GCM calls       {Median(calls),8:F2} ms: ratio {ratio:F2} (at most {MostRatio})"));
            return ratio <= MostRatio ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Secret ValueOf(int i) => new($"Host=db{i};Database=content;Username=app;Password=0123456789abcdef0123456789abcdef");

    private static double Time(Action action)
    {
        var began = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private sealed class Bare(byte[] key, List<(byte[] Info, byte[] Nonce, byte[] Cipher, byte[] Tag)> boxes)
    {
        internal static Bare Seal()
        {
            var key = RandomNumberGenerator.GetBytes(32);
            var boxes = new List<(byte[], byte[], byte[], byte[])>();
            for (var i = 0; i < Count; i++)
            {
                var info = Encoding.UTF8.GetBytes($"deployment-toolkit/sealed-secrets/2 entry 0123456789abcdef0123456789abcdef Production 1 Service{i:D4}.ConnectionString 1 current");
                var plain = new byte[96];
                Encoding.UTF8.GetBytes(ValueOf(i).Reveal(), plain);
                var (nonce, cipher, tag) = (RandomNumberGenerator.GetBytes(12), new byte[plain.Length], new byte[16]);
                using var aes = new AesGcm(HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, null, info), 16);
                aes.Encrypt(nonce, plain, cipher, tag, info);
                boxes.Add((info, nonce, cipher, tag));
            }

            return new Bare(key, boxes);
        }

        internal void Open()
        {
            foreach (var (info, nonce, cipher, tag) in boxes)
            {
                var plain = new byte[cipher.Length];
                using var aes = new AesGcm(HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, null, info), 16);
                aes.Decrypt(nonce, cipher, tag, plain, info);
            }
        }
    }
}
