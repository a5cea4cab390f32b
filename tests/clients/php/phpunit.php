<?php
// As much of PHPUnit as the documentation's recipe needs: runs the tests of the file that is named.

namespace PHPUnit\Framework {
    abstract class TestCase
    {
        public static int $assertions = 0;

        public static function assertTrue($value): void
        {
            self::$assertions++;
            if ($value !== true) {
                throw new \Exception('This is not true.');
            }
        }

        public static function fail(string $message): void
        {
            throw new \Exception($message);
        }

        public static function setUpBeforeClass(): void
        {
        }

        public static function tearDownAfterClass(): void
        {
        }
    }
}

namespace {
    require $argv[1];
    HelpdeskTest::setUpBeforeClass();
    try {
        foreach (get_class_methods('HelpdeskTest') as $method) {
            if (str_starts_with($method, 'test')) {
                (new HelpdeskTest())->$method();
                echo "$method\n";
            }
        }
    } finally {
        HelpdeskTest::tearDownAfterClass();
    }
    echo PHPUnit\Framework\TestCase::$assertions, " assertions\n";
}
