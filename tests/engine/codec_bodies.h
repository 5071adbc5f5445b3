// Answers as the vendors' pages show them, one set a dialect, for codec and fuzz tests.
#pragma once

#include <string>

#include "engine/dialect.h"

namespace sluice::engine::test {

struct Bodies {
  const Dialect* dialect;
  std::string list, last_list, buckets, create, parts, uploads, outcome, error;
};

inline const std::string kXmlHead = R"(<?xml version="1.0" encoding="UTF-8"?>)";

inline const Bodies& bodies(const Dialect& d) {
  static const Bodies s3{
      &kS3,
      kXmlHead + R"(
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket1</Name><Prefix>a%2F</Prefix>
<KeyCount>3</KeyCount><MaxKeys>3</MaxKeys><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
<NextContinuationToken>1+ueGc%2B</NextContinuationToken>
<Contents><Key>a%2Fb+c%2Bd</Key><LastModified>2023-11-14T22:13:20.000Z</LastModified><ETag>&quot;0123456789abcdef0123456789abcdef&quot;</ETag><Size>5368709120</Size><StorageClass>STANDARD</StorageClass></Contents>
<Contents><Key>a%2F%E6%96%87</Key><LastModified>2023-11-14T22:13:21.500Z</LastModified><ETag>"0-2"</ETag><Size>0</Size></Contents>
<CommonPrefixes><Prefix>a%2Fsub%2F</Prefix></CommonPrefixes></ListBucketResult>)",
      kXmlHead +
          R"(<ListBucketResult><Name>bucket1</Name><IsTruncated>false</IsTruncated></ListBucketResult>)",
      kXmlHead +
          R"(<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>x</ID></Owner><Buckets><Bucket><Name>one</Name><CreationDate>2023-11-14T22:13:20.000Z</CreationDate></Bucket><Bucket><Name>two</Name><CreationDate>2023-11-14T22:13:20Z</CreationDate><BucketRegion>eu-west-1</BucketRegion></Bucket></Buckets></ListAllMyBucketsResult>)",
      kXmlHead +
          R"(<InitiateMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>bucket1</Bucket><Key>k</Key><UploadId>up&amp;1</UploadId></InitiateMultipartUploadResult>)",
      kXmlHead +
          R"(<ListPartsResult><Bucket>bucket1</Bucket><Key>k</Key><UploadId>up1</UploadId><PartNumberMarker>0</PartNumberMarker><NextPartNumberMarker>2</NextPartNumberMarker><MaxParts>2</MaxParts><IsTruncated>true</IsTruncated><Part><PartNumber>1</PartNumber><ETag>"aa"</ETag><Size>5242880</Size><ChecksumCRC32C>4waSgw==</ChecksumCRC32C></Part><Part><PartNumber>2</PartNumber><ETag>"bb"</ETag><Size>7</Size></Part></ListPartsResult>)",
      kXmlHead +
          R"(<ListMultipartUploadsResult><Bucket>bucket1</Bucket><NextKeyMarker>k%2B2</NextKeyMarker><NextUploadIdMarker>up2</NextUploadIdMarker><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><Upload><Key>k%2B1</Key><UploadId>up1</UploadId><Initiated>2023-11-14T22:13:20.000Z</Initiated></Upload><Upload><Key>k%2B2</Key><UploadId>up2</UploadId></Upload></ListMultipartUploadsResult>)",
      "\n  " + kXmlHead +
          R"(<CompleteMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Location>x</Location><Bucket>bucket1</Bucket><Key>k</Key><ETag>"cc-2"</ETag><ChecksumCRC32C>4waSgw==</ChecksumCRC32C><ChecksumType>FULL_OBJECT</ChecksumType></CompleteMultipartUploadResult>)",
      kXmlHead +
          R"(<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Resource>/k</Resource><RequestId>R1</RequestId><HostId>H1</HostId></Error>)"};
  static const Bodies oss{
      &kOss,
      kXmlHead +
          R"(<ListBucketResult><Name>bucket1</Name><Prefix>a%2F</Prefix><MaxKeys>3</MaxKeys><Delimiter>%2F</Delimiter><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextContinuationToken>1%2BueGc</NextContinuationToken><KeyCount>3</KeyCount><Contents><Key>a%2Fb%20c%2Bd</Key><LastModified>2023-11-14T22:13:20.000Z</LastModified><ETag>"0123456789ABCDEF0123456789ABCDEF"</ETag><Type>Normal</Type><Size>5368709120</Size><StorageClass>Standard</StorageClass></Contents><Contents><Key>a%2F%E6%96%87</Key><ETag>"0-2"</ETag><Size>0</Size></Contents><CommonPrefixes><Prefix>a%2Fsub%2F</Prefix></CommonPrefixes></ListBucketResult>)",
      kXmlHead +
          R"(<ListBucketResult xmlns="http://doc.oss-cn-hangzhou.aliyuncs.com"><Name>bucket1</Name><IsTruncated>false</IsTruncated></ListBucketResult>)",
      kXmlHead +
          R"(<ListAllMyBucketsResult><Owner><ID>x</ID></Owner><Buckets><Bucket><CreationDate>2023-11-14T22:13:20.000Z</CreationDate><Location>oss-cn-hangzhou</Location><Name>one</Name></Bucket><Bucket><Name>two</Name><Location>oss-cn-beijing</Location><Region>cn-beijing</Region></Bucket></Buckets></ListAllMyBucketsResult>)",
      kXmlHead +
          R"(<InitiateMultipartUploadResult><Bucket>bucket1</Bucket><Key>k</Key><UploadId>up&amp;1</UploadId></InitiateMultipartUploadResult>)",
      kXmlHead +
          R"(<ListPartsResult><Bucket>bucket1</Bucket><Key>k</Key><UploadId>up1</UploadId><NextPartNumberMarker>2</NextPartNumberMarker><MaxParts>2</MaxParts><IsTruncated>true</IsTruncated><Part><PartNumber>1</PartNumber><ETag>"aa"</ETag><HashCrc64ecma>11051210869376104954</HashCrc64ecma><Size>5242880</Size></Part><Part><PartNumber>2</PartNumber><ETag>"bb"</ETag><Size>7</Size></Part></ListPartsResult>)",
      kXmlHead +
          R"(<ListMultipartUploadsResult><Bucket>bucket1</Bucket><EncodingType>url</EncodingType><NextKeyMarker>k%2B2</NextKeyMarker><NextUploadIdMarker>up2</NextUploadIdMarker><IsTruncated>true</IsTruncated><Upload><Key>k%2B1</Key><UploadId>up1</UploadId><Initiated>2023-11-14T22:13:20.000Z</Initiated></Upload><Upload><Key>k%2B2</Key><UploadId>up2</UploadId></Upload></ListMultipartUploadsResult>)",
      kXmlHead +
          R"(<CompleteMultipartUploadResult><Location>x</Location><Bucket>bucket1</Bucket><Key>k</Key><ETag>"cc-2"</ETag></CompleteMultipartUploadResult>)",
      kXmlHead +
          R"(<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><RequestId>R1</RequestId><HostId>H1</HostId><EC>0026-00000001</EC></Error>)"};
  static const Bodies cos{
      &kCos,
      R"(<?xml version='1.0' encoding='utf-8' ?><ListBucketResult xmlns="http://www.qcloud.com/document/product/436/7751"><Name>bucket1</Name><EncodingType>url</EncodingType><Prefix>a%2F</Prefix><Marker></Marker><MaxKeys>3</MaxKeys><IsTruncated>true</IsTruncated><NextMarker>a%2Fsub%2F</NextMarker><Contents><Key>a%2Fb%20c%2Bd</Key><LastModified>2023-11-14T22:13:20.000Z</LastModified><ETag>"0123456789abcdef0123456789abcdef"</ETag><Size>5368709120</Size><Owner><ID>1</ID></Owner><StorageClass>STANDARD</StorageClass></Contents><Contents><Key>a%2F%E6%96%87</Key><ETag>"0-2"</ETag><Size>0</Size></Contents><CommonPrefixes><Prefix>a%2Fsub%2F</Prefix></CommonPrefixes></ListBucketResult>)",
      R"(<ListBucketResult><Name>bucket1</Name><IsTruncated>false</IsTruncated></ListBucketResult>)",
      R"(<ListAllMyBucketsResult><Owner><ID>x</ID></Owner><Buckets><Bucket><Name>one</Name><Location>ap-guangzhou</Location><CreationDate>2023-11-14T22:13:20Z</CreationDate></Bucket><Bucket><Name>two</Name><Location>ap-beijing</Location></Bucket></Buckets><IsTruncated>false</IsTruncated></ListAllMyBucketsResult>)",
      R"(<InitiateMultipartUploadResult><Bucket>bucket1</Bucket><Key>k</Key><UploadId>up&amp;1</UploadId></InitiateMultipartUploadResult>)",
      R"(<ListPartsResult><Bucket>bucket1</Bucket><Encoding-type/><Key>k</Key><UploadId>up1</UploadId><NextPartNumberMarker>2</NextPartNumberMarker><IsTruncated>true</IsTruncated><Part><PartNumber>1</PartNumber><ETag>"aa"</ETag><Size>5242880</Size></Part><Part><PartNumber>2</PartNumber><ETag>"bb"</ETag><Size>7</Size></Part></ListPartsResult>)",
      R"(<ListMultipartUploadsResult><Bucket>bucket1</Bucket><Encoding-Type>url</Encoding-Type><NextKeyMarker>k%2B2</NextKeyMarker><NextUploadIdMarker>up2</NextUploadIdMarker><IsTruncated>true</IsTruncated><Upload><Key>k%2B1</Key><UploadId>up1</UploadId><Initiated>2023-11-14T22:13:20.000Z</Initiated></Upload><Upload><Key>k%2B2</Key><UploadId>up2</UploadId></Upload><CommonPrefixs><Prefix>x</Prefix></CommonPrefixs></ListMultipartUploadsResult>)",
      R"(<CompleteMultipartUploadResult><Location>http://x</Location><Bucket>bucket1</Bucket><Key>k</Key><ETag>"cc-2"</ETag></CompleteMultipartUploadResult>)",
      R"(<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Resource>x</Resource><RequestId>R1</RequestId><TraceId>T1</TraceId></Error>)"};
  static const Bodies tos{
      &kTos,
      R"({"Name":"bucket1","Prefix":"a%2F","MaxKeys":3,"KeyCount":3,"EncodingType":"url","IsTruncated":true,"NextContinuationToken":"1+ueGc%2B","CommonPrefixes":[{"Prefix":"a%2Fsub%2F"}],"Contents":[{"Key":"a%2Fb%20c%2Bd","LastModified":"2023-11-14T22:13:20.000Z","ETag":"\"0123456789abcdef0123456789abcdef\"","Size":5368709120,"StorageClass":"STANDARD","HashCrc64Ecma":"11051210869376104954","Owner":{"ID":"1","DisplayName":""},"Type":"Normal"},{"Key":"a%2F%E6%96%87","ETag":"\"0-2\"","Size":0}]})",
      R"({"Name":"bucket1","IsTruncated":false,"Contents":null})",
      R"({"Buckets":[{"Name":"one","Location":"cn-beijing","CreationDate":"2023-11-14T22:13:20.000Z"},{"Name":"two","Location":"cn-shanghai"}],"Owner":{"ID":"x"}})",
      R"({"Bucket":"bucket1","Key":"k","UploadId":"up&1"})",
      R"({"Bucket":"bucket1","Key":"k","UploadId":"up1","PartNumberMarker":0,"NextPartNumberMarker":2,"MaxParts":2,"IsTruncated":true,"Parts":[{"PartNumber":1,"ETag":"\"aa\"","Size":5242880},{"PartNumber":2,"ETag":"\"bb\"","Size":7}]})",
      R"({"Bucket":"bucket1","NextKeyMarker":"k%2B2","NextUploadIdMarker":"up2","IsTruncated":true,"EncodingType":"url","Uploads":[{"Key":"k%2B1","UploadId":"up1","Initiated":"2023-11-14T22:13:20.000Z"},{"Key":"k%2B2","UploadId":"up2"}]})",
      R"({"Bucket":"bucket1","Key":"k","ETag":"\"cc-2\"","Location":"x"})",
      R"({"Code":"NoSuchKey","Message":"The specified key does not exist.","RequestId":"R1","HostId":"H","Resource":"/k","EC":"0017-00000003"})"};
  static const Bodies qs{
      &kQingStor,
      R"({"name":"bucket1","owner":{"id":"1","name":"n"},"prefix":"a/","delimiter":"/","limit":3,"marker":"","next_marker":"m+%2B","has_more":true,"keys":[{"key":"a/b c+d","size":5368709120,"etag":"\"0123456789abcdef0123456789abcdef\"","mime_type":"text/plain","created":"2023-11-14T22:13:20.000Z","modified":1700000000,"encrypted":false,"storage_class":"STANDARD"},{"key":"a/\u6587","size":0,"etag":"\"0-2\""}],"common_prefixes":["a/sub/"]})",
      R"({"name":"bucket1","keys":[],"common_prefixes":[],"has_more":false,"next_marker":""})",
      R"({"count":2,"buckets":[{"name":"one","location":"pek3b","url":"x","created":"2023-11-14T22:13:20Z"},{"name":"two","location":"sh1a"}]})",
      R"({"bucket":"bucket1","key":"k","upload_id":"up&1"})",
      R"({"count":2,"object_parts":[{"part_number":0,"size":5242880,"created":"x","etag":"aa"},{"part_number":2,"size":7,"etag":"bb"}]})",
      R"({"name":"bucket1","limit":2,"next_key_marker":"k+2","next_upload_id_marker":"up2","uploads":[{"key":"k+1","upload_id":"up1","created":"2023-11-14T22:13:20Z"},{"key":"k+2","upload_id":"up2"}],"common_prefixes":[]})",
      "",
      R"({"code":"object_not_exists","message":"The object does not exist.","request_id":"R1","url":"http://docs"})"};
  for (const Bodies* b : {&s3, &oss, &cos, &tos, &qs})
    if (b->dialect == &d) return *b;
  return s3;
}

}  // namespace sluice::engine::test
