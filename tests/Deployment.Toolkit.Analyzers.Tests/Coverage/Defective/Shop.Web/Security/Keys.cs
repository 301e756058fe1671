using System;
using System.Net;
using System.Text;
using Deployment.Toolkit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Shop.Web;

[AttributeUsage(AttributeTargets.Class)]
public sealed class WebhookAttribute : Attribute
{
    public string? Secret { get; set; }
}

[Webhook(Secret = {|DTK3002:"w3bh00k-5e1f2a7c"|})]
public sealed class Keys(IConfiguration configuration, ILogger<Keys> logger)
{
    private const string Prefix = "ghp_";

    private static readonly byte[] s_pepper = Encoding.UTF8.GetBytes("not a secret, only salt");

    public string Deploy => {|DTK3002:Prefix + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"|};

    public string Signing => configuration["Jwt:SigningKey"] ?? {|DTK3002:"0f1e2d3c4b5a69788796"|};

    public NetworkCredential Relay { get; } = new("relay", {|DTK3002:"quietharbour"|});

    public SymmetricSecurityKey Tokens { get; } = new SymmetricSecurityKey(Encoding.UTF8.GetBytes({|DTK3002:"the quick brown fox jumps over"|}));

    public int PepperLength => s_pepper.Length;

    public void Show(Secret secret, PaymentOptions payment)
    {
        logger.LogDebug("Key {Key}", {|DTK3004:secret.Reveal()|});
        logger.LogInformation("Payment {@Payment}", {|DTK3004:payment|});
        Console.WriteLine("Key: " + {|DTK3004:payment.ApiKey|});
    }
}
